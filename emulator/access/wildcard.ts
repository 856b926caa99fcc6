/**
 * Whether `text` fits `pattern`, where `*` stands for any characters and `?` for one. In time of the product of
 * both lengths at worst, which a regular expression with many `.*` does not promise.
 * @see IAM user guide, "IAM JSON policy elements: Resource", "Using wildcards"
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  let lastStar = -1;
  let coveredByStar = 0;
  while (inText < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === "*") {
      lastStar = inPattern++;
      coveredByStar = inText;
    } else if (wanted === "?" || wanted === text[inText]) {
      inPattern++;
      inText++;
    } else if (lastStar >= 0) {
      inPattern = lastStar + 1;
      inText = ++coveredByStar;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}
