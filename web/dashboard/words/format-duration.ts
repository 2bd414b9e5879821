/** A length of time in its two greatest units, such as `3 h 5 min`; under a minute in seconds. */
export function formatDuration(seconds: number, units: Readonly<Record<'day' | 'hour' | 'minute' | 'second', string>>): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [
    [Math.floor(whole / 86_400), units.day],
    [Math.floor(whole / 3600) % 24, units.hour],
    [Math.floor(whole / 60) % 60, units.minute],
    [whole % 60, units.second],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return `0 ${units.second}`
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
