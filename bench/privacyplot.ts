export function privacyPlot(_: unknown): string {
  return "";
}
