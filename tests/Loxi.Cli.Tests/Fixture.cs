using System.Text.Json.Nodes;

namespace Loxi.Cli.Tests;

/// <summary>Recorded answers and requests.</summary>
internal static class Fixture
{
    private static readonly string[] Recordings = ["loxicmd-lb.json", "loxicmd-bfd.json", "loxicmd-bgp.json"];

    public static string Text(string name)
    {
        using var stream = typeof(Fixture).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static JsonArray LoxicmdInvocations() => new([.. Recordings.SelectMany(static name => JsonNode.Parse(Text(name))!.AsArray()).Select(static i => i!.DeepClone())]);

    /// <summary>Reduces a body to what it says: names in lower case, no zero values, endpoints in order.</summary>
    public static string Meaning(string json) => Reduce(JsonNode.Parse(json))!.ToJsonString();

    private static JsonNode? Reduce(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var reduced = new JsonObject();
                foreach (var (name, value) in members.OrderBy(static m => m.Key, StringComparer.OrdinalIgnoreCase))
                {
                    if (Reduce(value) is { } kept)
                    {
                        reduced.Add(name.ToLowerInvariant(), kept);
                    }
                }

                return reduced;
            case JsonArray items:
                return new JsonArray([.. items.Select(Reduce).OrderBy(static item => item?.ToJsonString(), StringComparer.Ordinal)]);
            case JsonValue value when value.ToJsonString() is "0" or "\"\"" or "false":
                return null;
            default:
                return node?.DeepClone();
        }
    }
}
