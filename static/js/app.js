// Everything the pages do beyond plain forms. Without it every form still works.
import { bindShortcuts } from "./shortcuts.js";
import { bindFocus } from "./focus.js";
import { bindUndo } from "./undo.js";
import { bindSuggestions } from "./suggest.js";
import { bindUploads } from "./upload.js";
import { bindFolds } from "./folds.js";
import { bindLeftover } from "./leftover.js";

bindShortcuts();
bindFocus();
bindUndo();
bindSuggestions();
bindUploads();
bindFolds();
bindLeftover();
