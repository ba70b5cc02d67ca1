using System.Globalization;
using System.Text.Json;

namespace Loxi.Benchmarks.Node;

/// <summary>Services that fill a node: one VIP each of the benchmark range, four endpoints, all different or of a few sets.</summary>
/// <param name="Name">Name in the report.</param>
/// <param name="Count">Number of services.</param>
/// <param name="Hash">Hash selection instead of round robin.</param>
/// <param name="Sets">How many different sets of endpoints there are.</param>
internal sealed record ServiceSet(string Name, int Count, bool Hash, int Sets)
{
    private const int EndpointsOfEach = 4;

    /// <summary>Port of every VIP and every endpoint.</summary>
    internal const ushort Port = 80;

    internal static string Vip(int service) => string.Create(CultureInfo.InvariantCulture, $"198.18.{service >> 8}.{service & 255}");

    /// <summary>The first endpoint of service 0 after change <paramref name="number"/>; no service has it before.</summary>
    internal static string Fresh(int number) => string.Create(CultureInfo.InvariantCulture, $"10.200.{number >> 8}.{number & 255}");

    /// <summary>Writes the state file of a node that has these services.</summary>
    internal void WriteState(string directory)
    {
        _ = Directory.CreateDirectory(directory);
        using var file = File.Create(Path.Combine(directory, "services.json"));
        using Utf8JsonWriter writer = new(file);
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        writer.WriteStartArray("lbAttr");
        for (var i = 0; i < Count; i++)
        {
            WriteService(writer, i, null);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The body that gives service 0 another first endpoint.</summary>
    internal byte[] Change(int number)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            WriteService(writer, 0, Fresh(number));
        }

        return body.ToArray();
    }

    private void WriteService(Utf8JsonWriter writer, int service, string? first)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("serviceArguments");
        writer.WriteString("externalIP", Vip(service));
        writer.WriteNumber("port", Port);
        writer.WriteString("protocol", "tcp");
        writer.WriteNumber("sel", Hash ? 1 : 0);
        writer.WriteString("name", string.Create(CultureInfo.InvariantCulture, $"bench-{service}"));
        writer.WriteEndObject();
        writer.WriteStartArray("endpoints");
        for (var i = 0; i < EndpointsOfEach; i++)
        {
            var number = (service % Sets * EndpointsOfEach) + i;
            writer.WriteStartObject();
            writer.WriteString("endpointIP", i == 0 && first is not null ? first : string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}"));
            writer.WriteNumber("targetPort", Port);
            writer.WriteNumber("weight", 1);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
