/**
 * The plugin's version that our own client follows. It is above 1.2.497.0, from which on the AWS CLI hands over the
 * answer of StartSession in the environment, and below 1.2.764, from which on the plugin signs its websockets.
 */
export const clientVersion = "1.2.707.0";
