import type { DueDelivery } from '@firedrill/core'
import { eventLine } from './event-line.ts'
import type { Message } from './send-event.ts'

/** Of a section's text, as Slack takes it (3,000), with room for an ellipsis; of the text that notifications show. */
const SECTION_MAX = 2990
const TEXT_MAX = 300

/** An event as a message for an incoming webhook of Slack: one section, and a button that opens the run. */
export function slackMessage({ event, run }: DueDelivery, link: string | undefined): Message {
  const title = `Run ${run.number} of ${run.scenario} in ${run.environment}`
  const line = eventLine(event)
  const button = {
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the run' }, url: link }],
  }
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      text: cut(escaped(`${title}: ${line}`), TEXT_MAX),
      unfurl_links: false,
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: cut(`*${escaped(title)}*\n${escaped(line)}`, SECTION_MAX) },
        },
        ...(link === undefined ? [] : [button]),
      ],
    }),
  }
}

/** The three characters that mean something to Slack; without them a name can neither link nor call anybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Never within an escaped character. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/&[a-z]*$/, '')}…`
}
