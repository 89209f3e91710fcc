/** Name of the channel on which those who use the same database tell each other what became of it. */
export function channelOf(database: string): string {
  return `tacit:${database}`;
}
