"""What mail programs mark as quoted or as signature in HTML, carried over to lines of text."""

import re

from selectolax.lexbor import LexborHTMLParser

from mostrador.mailbox.rules.html_text import text_of

# Everything from such an element on is the message that is answered.
_FROM_HERE = (
    "#divRplyFwdMsg, #x_divRplyFwdMsg, #appendonsend, #x_appendonsend, #mail-editor-reference-message-container, "
    "#ms-outlook-mobile-reference-message, .ms-outlook-mobile-reference-message, #OLK_SRC_BODY_SECTION, "
    ".OutlookMessageHeader, #reply-intro, #isReplyContent, #stopSpelling, #oriMsgHtmlSeperator, "
    'div[style*="border-top:solid #E1E1E1"], div[style*="border-top:solid #B5C4DF"], '
    'div[style*="border-top: 1pt solid rgb(225, 225, 225)"], div[style*="border-top: 1pt solid rgb(181, 196, 223)"]'
)
# The message that is answered is inside such an element; words may follow it.
_INSIDE = (
    "div.gmail_quote, .gmail_attr, .gmail_extra, .moz-cite-prefix, .moz-email-headers-table, .protonmail_quote, "
    ".tutanota_quote, .zmail_extra, .yahoo_quoted, [class*=yahoo_quoted], [id*=yahoo_quoted], .yqt, .ex-quote, "
    ".mailru-blockquote, .replyHeader, #replySplit, .iCloud-quote, .aol_ad_quote, .skype_quote, .quoteheader, "
    ".mail_android_quote, .bloop_original_html, #zwchr_reply, .WM_TO_REPLY, .hmquote, .quote-header"
)
_SIGNATURE = (
    ".gmail_signature, .moz-signature, #Signature, #x_Signature, .ms-outlook-mobile-signature, "
    "#ms-outlook-mobile-signature, #AppleMailSignature, .yahoo-signature, [class*=protonmail_signature_block-user], "
    ".tutanota_signature, .zimbra-signature, [data-smartmail=gmail_signature]"
)
# An indented paragraph is no quote.
_INDENTED = 'blockquote[style*="border:none"], blockquote[style*="border: none"]'
_CITED = "blockquote"
LONGEST_HTML = 3_000_000

FROM_HERE, OPEN, CLOSE, SIGNATURE_OPEN, SIGNATURE_CLOSE = "\ue020", "\ue021", "\ue022", "\ue023", "\ue024"
_MARK = re.compile(f"([{FROM_HERE}-{SIGNATURE_CLOSE}])")


def marked_lines(html: str) -> list[str]:
    """Return the lines of a page with marks on lines of their own; nothing when it marks no quote or signature."""
    if not html.strip() or len(html) > LONGEST_HTML:
        return []
    page = LexborHTMLParser(html)
    marks = 0
    for node in page.css(_INDENTED):
        node.unwrap()
        marks += 1
    for selector, before, after in (
        (_FROM_HERE, FROM_HERE, ""),
        (_INSIDE, OPEN, CLOSE),
        (_SIGNATURE, SIGNATURE_OPEN, SIGNATURE_CLOSE),
    ):
        for node in page.css(selector):
            node.insert_before(before)
            if after:
                node.insert_after(after)
            marks += 1
    if not marks and not page.css_first(_CITED):
        return []
    return [
        line
        for written in text_of(page.html or "").splitlines()
        for line in _MARK.split(written)
        if line.strip(" >") or not _MARK.search(written)
    ]


def is_mark(line: str) -> bool:
    """Tell whether a line is a mark put here instead of something written."""
    return len(line) == 1 and FROM_HERE <= line <= SIGNATURE_CLOSE
