import type { DbConfig } from './db.ts'
import type { QueueConfig } from './queue.ts'

/** Host names by which this installation reaches its database and queue: no drill may take them away. */
export function hostsOf({ db, queue }: Readonly<{ db: DbConfig; queue: QueueConfig }>): readonly string[] {
  const urls = [db.url, ...(queue.backend === 'redis' ? [queue.url] : [])]
  return urls.map((url) => new URL(url).hostname)
}
