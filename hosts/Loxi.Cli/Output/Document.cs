using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loxi.Cli.Output;

/// <summary>Writes an answer as it was on the wire, as indented JSON or as YAML.</summary>
internal static class Document
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,

        // The default encoder escapes for HTML pages; a terminal is none.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a body.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="body">JSON.</param>
    /// <param name="format">Json or Yaml.</param>
    /// <param name="keep">Which elements of the lists directly below the root stay; null = all.</param>
    public static void Write(TextWriter output, ReadOnlyMemory<byte> body, OutputFormat format, Func<JsonElement, bool>? keep = null)
    {
        using var document = JsonDocument.Parse(keep is null ? body : Filter(body, keep));
        if (format == OutputFormat.Yaml)
        {
            YamlWriter.Write(output, document.RootElement);
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.RootElement.WriteTo(writer);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> body, Func<JsonElement, bool> keep)
    {
        using var document = JsonDocument.Parse(body);
        var buffer = new ArrayBufferWriter<byte>(body.Length);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.Array)
                {
                    member.WriteTo(writer);
                    continue;
                }

                writer.WriteStartArray(member.Name);
                foreach (var element in member.Value.EnumerateArray().Where(keep))
                {
                    element.WriteTo(writer);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
