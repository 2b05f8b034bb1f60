const CONTROL = String.raw`(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]`;
const WITH_TEXT = String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]{0,2048}(?:\u0007|\u001b\\|\u009c)`;
const SHORT = String.raw`\u001b[ -/]{0,8}[0-OQ-WYZ\\\x60-~]`;

/**
 * Sequences that a terminal obeys and shows nothing of: control sequences such as colours, commands with a text such as
 * links and window titles, and the short ones (ECMA-48, sections 5.4, 5.5 and 5.6). A sequence without an end stays.
 */
export const ESCAPE_SEQUENCES = new RegExp(`${CONTROL}|${WITH_TEXT}|${SHORT}`, "gu");
