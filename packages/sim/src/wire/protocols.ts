import { AwsFault } from './aws-fault.ts'
import { parseQueryForm } from './query-form.ts'
import type { AwsProtocol, AwsService, Operation } from './service.ts'
import {
  WireMap,
  WireRow,
  WireTime,
  type WireInput,
  type WireStructure,
  type WireValue,
} from './wire-value.ts'
import { escapeXml, parseXmlBody, structureToXml, type ListItemName } from './xml.ts'

/** A request after decompression, as the codecs read it. */
export type WireRequest = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** An answer, ready for the socket. */
export type WireAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Which operation a request asks for, and with what. The input is read only once the signature has been checked. */
export type Routed = {
  readonly name: string
  readonly operation: Operation
  readonly readInput: () => WireInput
}

/** Chooses the protocol of a request among those its service speaks. */
export function protocolOf(service: AwsService, request: Pick<WireRequest, 'headers'>): AwsProtocol {
  const [preferred, ...others] = service.protocols
  if (others.length === 0) return preferred
  const speaksJson = request.headers['x-amz-target'] !== undefined
  return speaksJson === (preferred === 'awsJson1.0') ? preferred : (others[0] ?? preferred)
}

/**
 * Finds the operation of a request.
 * @throws AwsFault in AWS's own words for an operation that the service does not have.
 */
export function routeRequest(service: AwsService, protocol: AwsProtocol, request: WireRequest): Routed {
  switch (protocol) {
    case 'ec2Query':
    case 'awsQuery':
      return routeForm(service, protocol, request)
    case 'awsJson1.0':
      return routeTarget(service, request)
    case 'restXml':
    case 'restJson1':
      return routePath(service, protocol, request)
  }
}

function routeForm(service: AwsService, protocol: AwsProtocol, request: WireRequest): Routed {
  const form = parseQueryForm(request.text === '' ? request.query : request.text)
  const name = typeof form['Action'] === 'string' ? form['Action'] : undefined
  if (name === undefined) {
    throw new AwsFault({ code: 'MissingAction', message: 'The request must contain the parameter Action' })
  }
  const operation = service.operations[name]
  if (operation === undefined) {
    const message =
      protocol === 'ec2Query'
        ? `The action ${name} is not valid for this web service.`
        : `Could not find operation ${name} for version ${service.apiVersion}`
    throw new AwsFault({ code: 'InvalidAction', message })
  }
  return { name, operation, readInput: () => form }
}

function routeTarget(service: AwsService, request: WireRequest): Routed {
  const target = request.headers['x-amz-target'] ?? ''
  const [prefix = '', name = ''] = target.split('.')
  const operation = prefix === service.targetPrefix ? service.operations[name] : undefined
  if (operation === undefined) {
    throw new AwsFault({ code: 'UnknownOperationException', message: `The operation ${name} is not known.` })
  }
  return { name, operation, readInput: () => readJson(request.text) }
}

function routePath(service: AwsService, protocol: AwsProtocol, request: WireRequest): Routed {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path
  for (const [name, operation] of Object.entries(service.operations)) {
    const labels =
      operation.route?.method === request.method ? matchPath(operation.route.path, path) : undefined
    if (labels !== undefined) {
      const readInput = (): WireInput => ({
        ...readQuery(request.query),
        ...(request.text === '' ? {} : readRestBody(service, protocol, name, request.text)),
        ...labels,
      })
      return { name, operation, readInput }
    }
  }
  throw new AwsFault({
    code: 'UnknownOperationException',
    message: `The operation ${request.method} ${request.path} is not known.`,
    status: 404,
  })
}

function readQuery(query: string): WireInput {
  const result: Record<string, unknown> = {}
  for (const key of new Set(new URLSearchParams(query).keys())) {
    const values = new URLSearchParams(query).getAll(key)
    result[key] = values.length === 1 ? values[0] : values
  }
  return result
}

function readRestBody(service: AwsService, protocol: AwsProtocol, name: string, text: string): WireInput {
  if (protocol === 'restJson1') return readJson(text)
  return parseXmlBody(text, `${name}Request`, new Set(Object.keys(service.listItems ?? {})))
}

function readJson(text: string): WireInput {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as WireInput
  } catch {
    // Not JSON: answered below like any other body that is not an object.
  }
  throw new AwsFault({
    code: 'SerializationException',
    message: 'Start of structure or map found where not expected.',
  })
}

function matchPath(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const labels: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (!part.startsWith('{')) {
      if (part !== value) return undefined
    } else if (value === '') {
      return undefined
    } else {
      labels[part.slice(1, -1)] = decodeLabel(value)
    }
  }
  return labels
}

function decodeLabel(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Writes the answer of an operation that succeeded. */
export function encodeSuccess(
  service: AwsService,
  protocol: AwsProtocol,
  routed: Pick<Routed, 'name' | 'operation'>,
  output: WireStructure,
  requestId: string,
): WireAnswer {
  const { name, operation } = routed
  const status = operation.route?.status ?? 200
  const items = listItemNames(service, protocol)
  const open = `<${name}Response xmlns="${service.xmlNamespace}">`
  switch (protocol) {
    case 'ec2Query':
      return xml(
        status,
        requestId,
        `${open}<requestId>${requestId}</requestId>${structureToXml(output, items)}</${name}Response>`,
      )
    case 'awsQuery': {
      const result = `<${name}Result>${structureToXml(output, items)}</${name}Result>`
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
      return xml(status, requestId, `${open}${result}${metadata}</${name}Response>`)
    }
    case 'restXml':
      return xml(status, requestId, `${open}${structureToXml(output, items)}</${name}Response>`)
    case 'restJson1':
      return json(status, requestId, 'application/json', jsonOf(output))
    case 'awsJson1.0':
      return json(status, requestId, 'application/x-amz-json-1.0', jsonOf(output))
  }
}

/** Writes an error in the shape of the protocol. */
export function encodeFault(
  service: { readonly name: string; readonly xmlNamespace: string },
  protocol: AwsProtocol,
  fault: AwsFault,
  requestId: string,
): WireAnswer {
  const code = escapeXml(fault.queryCode)
  const message = escapeXml(fault.message)
  switch (protocol) {
    case 'ec2Query': {
      const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`
      return xml(
        fault.status,
        requestId,
        `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`,
      )
    }
    case 'awsQuery':
    case 'restXml': {
      const error = `<Error><Type>${fault.type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`
      const root = `<ErrorResponse xmlns="${service.xmlNamespace}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`
      return xml(fault.status, requestId, root)
    }
    case 'restJson1': {
      const answer = json(fault.status, requestId, 'application/json', { message: fault.message })
      return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': fault.code } }
    }
    case 'awsJson1.0': {
      const body = { __type: `com.amazonaws.${service.name}#${fault.code}`, message: fault.message }
      const answer = json(fault.status, requestId, 'application/x-amz-json-1.0', body)
      return {
        ...answer,
        headers: { ...answer.headers, 'x-amzn-query-error': `${fault.queryCode};${fault.type}` },
      }
    }
  }
}

function listItemNames(service: AwsService, protocol: AwsProtocol): ListItemName {
  if (protocol === 'ec2Query') return () => 'item'
  if (protocol === 'restXml') return (member) => service.listItems?.[member] ?? 'member'
  return () => 'member'
}

function xml(status: number, requestId: string, body: string): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  }
}

function json(status: number, requestId: string, contentType: string, value: unknown): WireAnswer {
  return {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
    body: JSON.stringify(value),
  }
}

function jsonOf(value: WireValue): unknown {
  if (value instanceof WireTime) return value.toEpochSeconds()
  if (value instanceof WireMap) return jsonOf(value.entries)
  if (value instanceof WireRow) return jsonOf(value.content)
  if (Array.isArray(value)) return value.map((entry: WireValue) => jsonOf(entry))
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([member, content]) => [member, jsonOf(content)]))
}
