/** The 15 digits of a grid's code: 6 district + 3 street or town + 3 community + 3 sequence. */
export const codeParts = ["district", "street", "community", "sequence"] as const;
export type CodePart = (typeof codeParts)[number];

const digits: Record<CodePart, number> = { district: 6, street: 3, community: 3, sequence: 3 };

export function splitCode(code: string): { part: CodePart; digits: string }[] {
  let from = 0;
  return codeParts.map((part) => {
    const piece = code.slice(from, from + digits[part]);
    from += digits[part];
    return { part, digits: piece };
  });
}
