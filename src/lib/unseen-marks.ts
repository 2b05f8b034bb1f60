/**
 * Characters that show nothing and change how the rest is read or compared: zero-width, bidirectional, tag and filler
 * characters (Default_Ignorable_Code_Point of Unicode, UAX 44) and interlinear annotations. The variation selectors of
 * emoji stay.
 */
export const UNSEEN_MARKS = /[[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\ufe0e\ufe0f]]/gv;
