import { DELIVERY_STATES, EVENT_SCHEMAS, WEBHOOK_KINDS, type RunEventType } from '@firedrill/core'
import { z } from 'zod'
import { actorSchema, instantSchema, nameSchema } from './shared.ts'

const EVENT_TYPES = Object.keys(EVENT_SCHEMAS) as RunEventType[]
const types = z.array(z.enum(EVENT_TYPES)).min(1)

/** Who is to get which events. `url` of `grafana` is the instance's. Without `types` those that say how a run goes. */
export const createWebhookSchema = z
  .object({
    name: nameSchema,
    kind: z.enum(WEBHOOK_KINDS).default('cloudevents'),
    url: z.url().max(2000),
    /** `grafana` alone: a service account's token that may write annotations. */
    token: z.string().min(1).max(1000).optional(),
    types: types.optional(),
  })
  .meta({ id: 'CreateWebhook' })
export type CreateWebhook = z.input<typeof createWebhookSchema>

/** A webhook without its secret; of an address that is a secret itself only the host is shown. */
export const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(WEBHOOK_KINDS),
    url: z.string(),
    types,
    createdAt: instantSchema,
    createdBy: actorSchema,
  })
  .meta({ id: 'Webhook' })
export type WebhookView = z.output<typeof webhookSchema>

/** A new webhook, with the key that signs what is sent to it. It is shown this once; null where nothing is signed. */
export const createdWebhookSchema = webhookSchema
  .extend({ secret: z.string().nullable() })
  .meta({ id: 'CreatedWebhook' })
export type CreatedWebhook = z.output<typeof createdWebhookSchema>

/** One event for one receiver. `problem` is what the last attempt met. */
export const deliverySchema = z
  .object({
    /** The id that the receiver sees. */
    id: z.string(),
    run: z.string(),
    runNumber: z.int(),
    type: z.enum(EVENT_TYPES),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    at: instantSchema,
    nextAt: instantSchema,
    problem: z.string().nullable(),
  })
  .meta({ id: 'Delivery' })
export type DeliveryView = z.output<typeof deliverySchema>

/** Which deliveries: the newest of a state. */
export const deliveriesQuerySchema = z.object({
  state: z.enum(DELIVERY_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type DeliveriesQuery = z.input<typeof deliveriesQuerySchema>

/** How many events wait again. */
export const replayedSchema = z.object({ waiting: z.int() }).meta({ id: 'Replayed' })
