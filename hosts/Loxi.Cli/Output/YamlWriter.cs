using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Loxi.Cli.Output;

/// <summary>Writes JSON as YAML 1.2 in block style. Strings stay plain only where no version of YAML could take them for something else.</summary>
internal static class YamlWriter
{
    private const int IndentWidth = 2;
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-");

    private static readonly FrozenSet<string> Reserved =
        FrozenSet.ToFrozenSet(["true", "false", "null", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    public static void Write(TextWriter output, JsonElement root)
    {
        var text = new StringBuilder();
        if (IsBlock(root))
        {
            WriteBlock(text, root, 0, startsInLine: true);
        }
        else
        {
            WriteScalar(text, root);
            text.Append('\n');
        }

        output.Write(text);
    }

    private static bool IsBlock(JsonElement element) =>
        (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any())
        || (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() != 0);

    // A block that starts in a line (after "- ") leaves out the indentation of its first entry.
    private static void WriteBlock(StringBuilder text, JsonElement element, int indent, bool startsInLine)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Indent(text, ref startsInLine, indent);
                text.Append("- ");
                WriteItem(text, item, indent);
            }

            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            Indent(text, ref startsInLine, indent);
            WriteString(text, member.Name);
            text.Append(':');
            if (IsBlock(member.Value))
            {
                text.Append('\n');
                WriteBlock(text, member.Value, indent + IndentWidth, startsInLine: false);
            }
            else
            {
                text.Append(' ');
                WriteScalar(text, member.Value);
                text.Append('\n');
            }
        }
    }

    private static void WriteItem(StringBuilder text, JsonElement item, int indent)
    {
        if (IsBlock(item))
        {
            WriteBlock(text, item, indent + IndentWidth, startsInLine: true);
        }
        else
        {
            WriteScalar(text, item);
            text.Append('\n');
        }
    }

    private static void Indent(StringBuilder text, ref bool startsInLine, int indent)
    {
        if (!startsInLine)
        {
            text.Append(' ', indent);
        }

        startsInLine = false;
    }

    private static void WriteScalar(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                WriteString(text, element.GetString()!);
                break;
            case JsonValueKind.Object:
                text.Append("{}");
                break;
            case JsonValueKind.Array:
                text.Append("[]");
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void WriteString(StringBuilder text, string value)
    {
        if (value.Length != 0 && char.IsAsciiLetter(value[0]) && !value.AsSpan().ContainsAnyExcept(PlainCharacters) && !Reserved.Contains(value))
        {
            text.Append(value);
            return;
        }

        text.Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            WriteEscaped(text, rune);
        }

        text.Append('"');
    }

    private static void WriteEscaped(StringBuilder text, Rune rune)
    {
        if (rune.Value is '"' or '\\')
        {
            text.Append('\\').Append((char)rune.Value);
        }
        else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }
        else
        {
            text.Append(rune.ToString());
        }
    }
}
