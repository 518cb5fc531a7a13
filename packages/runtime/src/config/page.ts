import { z } from 'zod'
import { isLoopbackAddress } from './http.ts'
import { defineRoom, type Room } from './room.ts'
import { urlWith, wholeNumber } from './variables.ts'

/** How a person is called when an undo cannot be verified, how often (platform time), and where people see the dashboard. */
export type PageConfig = Readonly<
  ({ via: 'command'; command: string } | { via: 'webhook'; url: string } | { via: 'nobody' }) & {
    everyMs: number
    dashboard?: string
  }
>

/** `FIREDRILL_PAGE_COMMAND`, `FIREDRILL_PAGE_WEBHOOK`, `FIREDRILL_PAGE_EVERY_MS`, `FIREDRILL_DASHBOARD_URL`. */
export const pageRoom: Room<PageConfig> = defineRoom(
  {
    FIREDRILL_PAGE_COMMAND: {
      schema: z.string().trim().min(1).max(4000).optional(),
      remedy: 'Set it to a shell command that calls a person; it gets the page as JSON on its standard input',
    },
    FIREDRILL_PAGE_WEBHOOK: {
      schema: z
        .string()
        .refine(isHook, 'must be an https:// URL, or http:// to a loopback address')
        .optional(),
      remedy: 'Set it to the address that takes a POST of JSON and calls a person',
    },
    FIREDRILL_PAGE_EVERY_MS: {
      schema: wholeNumber(10_000, 86_400_000, 600_000),
      remedy:
        'Set it to the milliseconds after which a person is called again until somebody takes over (10000 to 86400000), or leave it out for 600000',
    },
    FIREDRILL_DASHBOARD_URL: {
      schema: urlWith('http', 'https').optional(),
      remedy: 'Set it to the address under which people open the dashboard, for links',
    },
  },
  (values, refuse) => {
    const { FIREDRILL_PAGE_COMMAND: command, FIREDRILL_PAGE_WEBHOOK: url } = values
    const dashboard = values.FIREDRILL_DASHBOARD_URL
    const everyMs = values.FIREDRILL_PAGE_EVERY_MS
    const about = { everyMs, ...(dashboard === undefined ? {} : { dashboard }) }
    if (command !== undefined && url !== undefined)
      return refuse(
        'FIREDRILL_PAGE_WEBHOOK',
        'is set, and FIREDRILL_PAGE_COMMAND is too',
        'Set one of the two, so that a person is called in one way',
      )
    if (command !== undefined) return { via: 'command', command, ...about }
    return url === undefined ? { via: 'nobody', ...about } : { via: 'webhook', url, ...about }
  },
)

function isHook(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && isLoopbackAddress(hostname.replaceAll(/[[\]]/g, '')))
  )
}
