using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Core;

namespace Loxi.Node.Json;

/// <summary>What is wrong with a JSON text, without the names of this program's types.</summary>
internal static class JsonProblem
{
    private const string Unknown = "...";

    /// <summary>A value of the wrong type: which member, what it holds, what it should be. Null when the text is no JSON, which the exception's own message tells.</summary>
    public static Problem? OfType(JsonException exception, ReadOnlyMemory<byte> text, JsonTypeInfo type)
    {
        // The reader's own exception: the text cannot be read as JSON.
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            return null;
        }

        var steps = Split(exception.Path);
        var field = Join(steps);
        return Problem.Of(field, SecretText.Hide(field, ValueAt(text, steps)), Expected(type, steps));
    }

    /// <summary>The members and indices of a path such as <c>$.endpoints[0]['a name']</c>.</summary>
    private static List<string> Split(string path)
    {
        var steps = new List<string>();
        for (var i = 1; i < path.Length;)
        {
            var quoted = path.AsSpan(i).StartsWith("['");
            var start = quoted ? i + 2 : i + 1;
            var end = quoted ? path.IndexOf("']", start, StringComparison.Ordinal)
                : path[i] == '[' ? path.IndexOf(']', start)
                : path.AsSpan(start).IndexOfAny('.', '[') is >= 0 and var length ? start + length : path.Length;
            end = end < 0 ? path.Length : end;
            steps.Add(path[i] == '[' && !quoted ? path[i..Math.Min(end + 1, path.Length)] : path[start..end]);
            i = quoted ? end + 2 : path[i] == '[' ? end + 1 : end;
        }

        return steps;
    }

    private static string Join(List<string> steps) =>
        Problem.Of("", steps.Count == 0 ? "the document" : string.Join('.', steps).Replace(".[", "[", StringComparison.Ordinal), "").Value;

    private static string ValueAt(ReadOnlyMemory<byte> text, List<string> steps)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var value = document.RootElement;
            foreach (var step in steps)
            {
                if (!TryEnter(ref value, step))
                {
                    return Unknown;
                }
            }

            return value.GetRawText();
        }
        catch (JsonException)
        {
            // What follows the value is not JSON: there is no value to show, only its place.
            return Unknown;
        }
    }

    private static bool TryEnter(ref JsonElement value, string step)
    {
        if (value.ValueKind == JsonValueKind.Array && step[0] == '[')
        {
            var found = int.TryParse(step.AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength();
            value = found ? value[index] : value;
            return found;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            // The last one of a name counts.
            foreach (var member in value.EnumerateObject().Reverse().Where(m => m.Name.Equals(step, StringComparison.OrdinalIgnoreCase)))
            {
                value = member.Value;
                return true;
            }
        }

        return false;
    }

    private static string Expected(JsonTypeInfo type, List<string> steps)
    {
        var wanted = type.Type;
        foreach (var step in steps)
        {
            var here = type.Options.GetTypeInfo(wanted);
            var next = step[0] == '[' ? here.ElementType : here.Properties.FirstOrDefault(p => p.Name.Equals(step, StringComparison.OrdinalIgnoreCase))?.PropertyType;
            if (next is null)
            {
                return "a value of another type";
            }

            wanted = next;
        }

        var plain = Nullable.GetUnderlyingType(wanted) ?? wanted;
        return type.Options.GetTypeInfo(plain).Kind switch
        {
            JsonTypeInfoKind.Enumerable => "a list",
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            _ when plain == typeof(string) => "a string",
            _ when plain == typeof(bool) => "true or false",
            _ when plain == typeof(long) || plain == typeof(int) => "a whole number",
            _ => "a value of another type",
        };
    }
}
