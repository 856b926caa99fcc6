/** What a data-channel message is, as its header names it. @see data-channel reference, section 5 */
export const messageType = {
  acknowledge: "acknowledge",
  channelClosed: "channel_closed",
  inputStreamData: "input_stream_data",
  outputStreamData: "output_stream_data",
  pausePublication: "pause_publication",
  startPublication: "start_publication",
} as const;
