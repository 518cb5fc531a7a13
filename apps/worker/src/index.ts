export { composeWorker, type Worker } from './main/compose.ts'
export { ROLES, type Role } from './options.ts'
export { drive } from './roles/drive.ts'
export { reap } from './roles/reap.ts'
