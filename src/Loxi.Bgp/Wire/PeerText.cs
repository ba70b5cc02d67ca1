using System.Globalization;
using System.Text;

namespace Loxi.Bgp.Wire;

/// <summary>Text that a peer has sent, for logs and listings: it must not move the cursor, end the line, or reverse the reading order.</summary>
internal static class PeerText
{
    internal static string Clean(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            var shown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            text.Append(shown ? rune.ToString() : "\uFFFD");
        }

        return text.ToString();
    }
}
