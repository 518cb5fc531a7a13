import { MARKER_ANSWERS, REPLICATION_ORDERS } from '@firedrill/core'
import { z } from 'zod'
import { described, durationField, nameField, textField, textMapField } from './fields.ts'

const base = {
  name: nameField('Name of the marker; data-loss objectives refer to it.', 'orders'),
  order: described(
    z.enum(REPLICATION_ORDERS),
    'How the data is replicated. ordered: as a log, such as a database replica; unordered: each item by itself.',
    'ordered',
  ),
  period: durationField(
    'Time between the starts of two writes, in world time; it bounds how exact the figure can be. Default: 1s.',
    '1s',
  ).optional(),
  timeout: durationField(
    'A write without acknowledgement after this long has failed. Default: 2s.',
    '2s',
  ).optional(),
  writesMax: described(
    z.int().min(1).max(100_000),
    'Writes stop after so many. Default: 20000.',
    5000,
  ).optional(),
}

const status = described(
  z.array(z.int().min(100).max(599)).min(1),
  'Status codes that are accepted. Default: 200, 201, 202 and 204.',
  [201],
).optional()

const request = {
  url: textField(
    'Where to ask. {{sequence}} is the number, {{run}} the run, {{marker}} the name of the marker.',
    'http://checkout.larkspur.example/markers/{{run}}-{{marker}}/{{sequence}}',
  ),
  headers: textMapField('Headers of the request. Default: none.', {
    'content-type': 'application/json',
  }).optional(),
  body: textField('Body of the request. Default: none.', '{"note":"drill {{run}} {{sequence}}"}').optional(),
  status,
}
const method = (fallback: string) =>
  described(
    z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    `HTTP method. Default: ${fallback}.`,
    fallback,
  ).optional()

const leave = described(
  z.literal(true),
  'Leave the writes where they are after the run, instead of cleanUp.',
  true,
).optional()

const http = z.strictObject({
  kind: described(z.literal('http'), 'Writes through requests to the application.', 'http'),
  ...base,
  vantage: nameField('Vantage whose resolver is asked. Default: the first.', 'eu-central').optional(),
  write: described(
    z.strictObject({
      method: method('PUT'),
      ...request,
      includes: textField('Text that an acknowledgement contains. Default: none.', 'stored').optional(),
    }),
    'The request that writes one number. An accepted status is the acknowledgement.',
    { method: 'PUT', url: 'http://checkout.larkspur.example/markers/{{run}}-{{marker}}/{{sequence}}' },
  ),
  read: described(
    z.strictObject({
      method: method('GET'),
      ...request,
      path: textField(
        'Where in the JSON answer the numbers are, keys joined by dots. Default: the whole answer.',
        'present',
      ).optional(),
      holds: described(
        z.enum(MARKER_ANSWERS),
        'What is there. numbers: a list of them; ranges: a list of [from, to]; highest: the highest one at or below {{upTo}}. Default: numbers.',
        'numbers',
      ).optional(),
    }),
    'The request that reads the numbers back, from whoever serves after the switch.',
    { url: 'http://checkout.larkspur.example/markers/{{run}}-{{marker}}', path: 'present', holds: 'ranges' },
  ),
  cleanUp: described(
    z.strictObject({ method: method('DELETE'), ...request }),
    'The request that takes every number of the run out again.',
    { method: 'DELETE', url: 'http://checkout.larkspur.example/markers/{{run}}-{{marker}}' },
  ).optional(),
  leave,
})

const postgresql = z.strictObject({
  kind: described(z.literal('postgresql'), 'Writes rows of a PostgreSQL database.', 'postgresql'),
  ...base,
  vantage: nameField(
    'Vantage whose resolver finds the database, if it names one. Default: the first.',
    'eu-central',
  ).optional(),
  database: nameField('Database of the environment that is written to.', 'orders'),
  survivor: nameField(
    'Database of the environment that is read back. Default: the one that is written to.',
    'orders-standby',
  ).optional(),
  statements: described(
    z.strictObject({
      write: textField(
        'Statement that writes {{sequence}}. Values are bound, never spliced in.',
        'INSERT INTO drill_marker (run, number) VALUES ({{run}}, {{sequence}})',
      ),
      read: textField(
        'Query whose first column is each number at or below {{upTo}}.',
        'SELECT number FROM drill_marker WHERE run = {{run}} AND number <= {{upTo}}',
      ),
      cleanUp: textField(
        'Statement that takes them out.',
        'DELETE FROM drill_marker WHERE run = {{run}}',
      ).optional(),
    }),
    'Statements of your own. Default: a table of the run, made before and dropped after.',
    {
      write: 'INSERT INTO drill_marker (run, number) VALUES ({{run}}, {{sequence}})',
      read: 'SELECT number FROM drill_marker WHERE run = {{run}} AND number <= {{upTo}}',
      cleanUp: 'DELETE FROM drill_marker WHERE run = {{run}}',
    },
  ).optional(),
  leave,
})

/** A writer of numbered writes through the application's own write path. */
export const markerField = z
  .discriminatedUnion('kind', [http, postgresql])
  .meta({ description: 'One marker writer: how a number is written, read back and taken out.' })
export type MarkerFile = z.infer<typeof markerField>
