import { read, write } from "../state/remembered";
import { Value } from "../state/value";
import { type Draft, readDraft } from "./draft";

const draftKey = "gridwatch.draft";

/** The draft of this device, kept between visits until it is emptied. */
export const draft = new Value<Draft>(readDraft(read(draftKey)));
draft.watch((now) => write(draftKey, JSON.stringify(now)));
