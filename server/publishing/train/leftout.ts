/**
 * Whether a person of a log must not be learned from. A list of such people often comes from another system than the
 * log: a name in capitals, in another Unicode normal form, or with a character that nobody sees is the same person here.
 * Where that takes two people for one, one more is left out; the other way an objection would go unheard.
 */
export function amongPeople(people: ReadonlySet<string>): (person: string) => boolean {
  const names = new Set([...people].map(nameOf));
  return (person) => names.size > 0 && names.has(nameOf(person));
}

function nameOf(person: string): string {
  return person
    .normalize("NFC")
    .replace(/\p{Cf}/gu, "")
    .trim()
    .toLowerCase();
}
