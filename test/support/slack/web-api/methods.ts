import { chat } from './chat.js';
import { conversations } from './conversations.js';
import { fileUploads } from './file-uploads.js';
import type { Methods } from './method.js';
import { people } from './people.js';
import { rest } from './rest.js';
import { views } from './views.js';

/** Every method that the workspace has; any other is `unknown_method`. */
export const methods: Methods = { ...chat, ...conversations, ...people, ...fileUploads, ...views, ...rest };
