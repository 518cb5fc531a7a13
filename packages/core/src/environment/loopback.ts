/** True for a URL whose host is a literal loopback address. A name is not enough: it may resolve to anything. */
export function isLoopback(url: string): boolean {
  return /^https?:\/\/(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?(\/|$)/.test(url)
}
