import { randomBytes } from 'node:crypto'
import {
  createdWebhookSchema,
  createWebhookSchema,
  deliveriesQuerySchema,
  deliverySchema,
  replayedSchema,
  webhookSchema,
  type CreateWebhook,
  type WebhookView,
} from '@firedrill/contracts'
import { AppError, parseId, WEBHOOK_TYPES_BY_DEFAULT, type Webhook, type WebhookKind } from '@firedrill/core'
import { refusedUrl } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'

type Needed = Pick<ApiDependencies, 'ids' | 'webhookReach' | 'webhooks'>

const tags = ['webhooks']
const params = z.object({ id: z.string() })
const read = { permission: 'webhooks:read' } as const
const write = { permission: 'webhooks:write' } as const
/** As long as the digest it makes; Standard Webhooks asks for 24 to 64. */
const KEY_BYTES = 32

/** Who gets the events of a team's runs, what became of each, and another try for what was given up on. */
export function webhookRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/webhooks',
      {
        config: read,
        schema: {
          tags,
          summary: 'Who gets events, by name',
          response: answers({ 200: z.object({ webhooks: z.array(webhookSchema) }) }),
        },
      },
      async (request) => ({ webhooks: (await deps.webhooks.list(signedIn(request).teamId)).map(present) }),
    )

    app.post(
      '/v1/webhooks',
      {
        config: write,
        schema: {
          tags,
          summary: 'Send the events of runs somewhere from now on; the signing key is answered this once',
          body: createWebhookSchema,
          response: answers({ 201: createdWebhookSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor: createdBy } = signedIn(request)
        const { name, kind, url, types = WEBHOOK_TYPES_BY_DEFAULT } = request.body
        const why = refusedUrl(url, deps.webhookReach) ?? refusedScheme(url, deps.webhookReach)
        if (why !== undefined) throw invalid(`Nothing is sent there: the address is ${why}.`)
        const secret = secretOf(kind, request.body)
        const id = deps.ids.mint('webhook')
        const made = await deps.webhooks.create({ id, teamId, name, kind, url, secret, types, createdBy })
        return reply.code(201).send({ ...present(made), secret: kind === 'cloudevents' ? secret : null })
      },
    )

    app.delete(
      '/v1/webhooks/:id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Send nothing there any more',
          params,
          response: answers({ 204: z.null() }),
        },
      },
      async (request, reply) => {
        const { id } = await find(deps, signedIn(request).teamId, request.params.id)
        await deps.webhooks.remove(signedIn(request).teamId, id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/v1/webhooks/:id/deliveries',
      {
        config: read,
        schema: {
          tags,
          summary: 'What became of events, the newest first; `state=dead` are those that were given up on',
          params,
          querystring: deliveriesQuerySchema,
          response: answers({ 200: z.object({ deliveries: z.array(deliverySchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { id } = await find(deps, teamId, request.params.id)
        const { state, limit } = request.query
        const query = { limit, ...(state === undefined ? {} : { state }) }
        const found = await deps.webhooks.deliveries(teamId, id, query)
        return { deliveries: found.map(({ seq, ...one }) => ({ id: `${one.run}/${seq}`, ...one })) }
      },
    )

    app.post(
      '/v1/webhooks/:id/replay',
      {
        config: write,
        schema: {
          tags,
          summary: 'Send again what was given up on, under the same ids',
          params,
          response: answers({ 200: replayedSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { id } = await find(deps, teamId, request.params.id)
        return { waiting: await deps.webhooks.replay(teamId, id) }
      },
    )
  }
}

async function find({ webhooks }: Pick<Needed, 'webhooks'>, teamId: string, text: string): Promise<Webhook> {
  const id = parseId('webhook', text)
  const found = (await webhooks.list(teamId)).find((one) => one.id === id)
  if (found === undefined) throw new AppError('not-found', 'There is no webhook of that id.')
  return found
}

/** Events name targets and people, so that they leave this machine encrypted. */
function refusedScheme(url: string, reach: Needed['webhookReach']): string | undefined {
  return reach === 'public' && new URL(url).protocol !== 'https:' ? 'not https' : undefined
}

function secretOf(kind: WebhookKind, { token }: CreateWebhook): string {
  switch (kind) {
    case 'cloudevents':
      return `whsec_${randomBytes(KEY_BYTES).toString('base64')}`
    case 'grafana':
      if (token === undefined)
        throw invalid('Grafana takes annotations with a token of a service account only.')
      return token
    case 'slack':
      return ''
  }
}

function invalid(why: string): AppError {
  return new AppError('request-invalid', why)
}

function present({ id, name, kind, url, types, createdAt, createdBy }: Webhook): WebhookView {
  // Whoever has the address of a webhook of Slack can write there.
  const shown = kind === 'slack' ? `${new URL(url).origin}/…` : url
  return { id, name, kind, url: shown, types: [...types], createdAt, createdBy: { ...createdBy } }
}
