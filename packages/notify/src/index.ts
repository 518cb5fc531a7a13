export * from './command-pager.ts'
export * from './nobody-pager.ts'
export * from './webhook-pager.ts'
export * from './webhook/send-event.ts'
