/** Rows on a page; more would make a long journal slow for people and for screen readers. */
export const PAGE_SIZE = 25

/** One page of a list, newest first. A page that is no longer there is the last one. */
export function pageOf<T>(
  items: readonly T[],
  page: number,
): Readonly<{ rows: readonly T[]; current: number; pages: number }> {
  const pages = Math.max(1, Math.ceil(items.length / PAGE_SIZE))
  const current = Math.min(Math.max(0, page), pages - 1)
  const end = items.length - current * PAGE_SIZE
  return { rows: items.slice(Math.max(0, end - PAGE_SIZE), end).toReversed(), current, pages }
}
