/** One server-sent event: its name, its data lines joined, and its id when it has one. */
export type SseMessage = Readonly<{ event: string; data: string; id: string | undefined }>

/**
 * Reads the event-stream format piece by piece: push text as it arrives and get the messages that are complete with it.
 * Lines may end with CR LF or LF (the API writes LF); comments and unknown fields are skipped.
 */
export function createSseParser(): Readonly<{ push(text: string): readonly SseMessage[] }> {
  let rest = ''
  let event = ''
  let data: string[] = []
  let id: string | undefined

  const line = (text: string): SseMessage | undefined => {
    if (text === '') {
      const message = data.length === 0 ? undefined : { event: event || 'message', data: data.join('\n'), id }
      event = ''
      data = []
      id = undefined
      return message
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else if (field === 'id') id = value
    return undefined
  }

  return {
    push: (text) => {
      rest += text
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      return lines.flatMap((each) => line(each.endsWith('\r') ? each.slice(0, -1) : each) ?? [])
    },
  }
}
