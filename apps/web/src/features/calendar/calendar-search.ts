/** What the address of the calendar holds: the month in view. Absent: this month. */
export type CalendarSearch = Readonly<{ month?: string }>

/** Reads the search part of an address; whatever makes no sense is left out. */
export function readCalendarSearch(raw: Readonly<Record<string, unknown>>): CalendarSearch {
  const { month } = raw
  return typeof month === 'string' && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? { month } : {}
}
