// Only the modules our pages use; each page works with none of them.
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
} from 'govuk-frontend'

import { offerCopy } from './copying.js'
import { offerLocation } from './location.js'
import { offerPasskey } from './passkey.js'

const modules = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
]

modules.forEach((module) => createAll(module))

document.querySelectorAll('[data-module="portal-location"]').forEach(offerLocation)
document.querySelectorAll('[data-module="portal-copy"]').forEach(offerCopy)
document.querySelectorAll('[data-module="portal-passkey"]').forEach(offerPasskey)
