/** A time as people of this language write it, with its day where that is not today. */
export function formatSince(instant: Date, language: string, now = new Date()): string {
  const isToday = instant.toDateString() === now.toDateString()
  const time = { hour: '2-digit', minute: '2-digit' } as const
  return instant.toLocaleString(language || undefined, isToday ? time : { day: 'numeric', month: 'short', ...time })
}
