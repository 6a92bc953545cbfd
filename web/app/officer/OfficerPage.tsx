export function OfficerPage() {
  return null;
}
