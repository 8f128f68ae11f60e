/** Why a kernel runs in JavaScript: what `info.reason` says. */
export const runReasons = {
  noAddon: 'There is no native addon here.',
  missingOperation: (op: string) => `The addon has no "${op}" yet; in JavaScript the values are the same.`,
  notExact:
    "The functions of Math that it uses are not proven to have this engine's bits in the addon, and math: 'exact' asks for them.",
  difference: (difference: string) =>
    `The function itself is called for each element, because its compiled text gives other values: ${difference}.`,
} as const
