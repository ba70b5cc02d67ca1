using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.State;

/// <summary>Reads the text of a state file, one service after the other, so that a file of ten thousand leaves no tree of its text behind.</summary>
internal sealed class StateDocument
{
    private readonly List<Service> _services = [];
    private readonly Dictionary<ServiceKey, int> _positions = [];
    private bool _hasServices;

    private StateDocument()
    {
    }

    /// <summary>The services of the document.</summary>
    public ServiceModel Model => ServiceModel.Create(_services);

    /// <summary>The number of the first journal whose changes the document does not hold; null when a person or another program wrote it.</summary>
    public int? Journal { get; private set; }

    /// <summary>Everything that is wrong; empty when the document can be used.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>Reads a document and collects every problem.</summary>
    /// <exception cref="JsonException">The text is not JSON, or not all of it is there.</exception>
    public static StateDocument Parse(ReadOnlySpan<byte> text)
    {
        var document = new StateDocument();
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 16 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            document.ReadMembers(ref reader);
        }
        else
        {
            using var other = JsonDocument.ParseValue(ref reader);
            document.Problems.Add(Problem.Of("", other.RootElement.GetRawText(), "an object with lbAttr"));
        }

        // What follows the document is an error of the reader.
        reader.Read();
        return document;
    }

    private void ReadMembers(ref Utf8JsonReader reader)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var isList = name.Equals("lbAttr", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartArray;
            if (isList && seen.Add(name))
            {
                ReadServices(ref reader);
                continue;
            }

            using var value = JsonDocument.ParseValue(ref reader);
            if (isList || !seen.Add(name))
            {
                Problems.Add(Problem.Of(name, value.RootElement.GetRawText(), "each member once"));
            }
            else
            {
                ReadMember(name, value.RootElement);
            }
        }

        if (!_hasServices && Problems.Count == 0)
        {
            Problems.Add(Problem.Of("lbAttr", null, "a list of services"));
        }
    }

    private void ReadMember(string name, JsonElement value)
    {
        if (name.Equals("version", StringComparison.OrdinalIgnoreCase))
        {
            if (!IsNumber(value, 1, ServiceStateFile.FormatVersion) && value.ValueKind != JsonValueKind.Null)
            {
                Problems.Add(Problem.Of("version", value.GetRawText(), $"{ServiceStateFile.FormatVersion}, the only version that this program reads"));
            }
        }
        else if (name.Equals("journal", StringComparison.OrdinalIgnoreCase))
        {
            if (IsNumber(value, 1, int.MaxValue))
            {
                Journal = value.GetInt32();
            }
            else
            {
                Problems.Add(Problem.Of("journal", value.GetRawText(), $"1 to {int.MaxValue}"));
            }
        }
        else if (name.Equals("lbAttr", StringComparison.OrdinalIgnoreCase))
        {
            Problems.Add(Problem.Of("lbAttr", value.GetRawText(), "a list of services"));
        }
        else
        {
            Problems.Add(Problem.Of(Problem.Of("", name, "").Value, value.GetRawText(), "one of the members journal, lbAttr, version"));
        }
    }

    private void ReadServices(ref Utf8JsonReader reader)
    {
        _hasServices = true;
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            using var value = JsonDocument.ParseValue(ref reader);
            if (index == ServiceLimits.Services)
            {
                Problems.Add(Problem.Of("lbAttr", $"more than {index}", $"at most {ServiceLimits.Services} services"));
            }
            else if (index < ServiceLimits.Services)
            {
                ReadService(value.RootElement, index);
            }

            index++;
        }
    }

    private void ReadService(JsonElement value, int index)
    {
        var before = Problems.Count;
        StateShape.Service.Check(value, () => $"lbAttr[{index}]", Problems);
        if (value.ValueKind == JsonValueKind.Null)
        {
            Problems.Add(Problem.Of($"lbAttr[{index}]", "null", "an object"));
        }

        if (Problems.Count != before)
        {
            return;
        }

        var mapping = ServiceMapper.ToService(value.Deserialize(LoxiJson.LoadbalanceEntry)!);
        if (!mapping.IsValid)
        {
            Problems.AddRange(mapping.Problems.Select(problem => problem.Within($"lbAttr[{index}].")));
        }
        else if (!_positions.TryAdd(mapping.Service.Key, index))
        {
            Problems.Add(Problem.Of($"lbAttr[{index}]", mapping.Service.Key, $"another key than that of lbAttr[{_positions[mapping.Service.Key]}]"));
        }
        else
        {
            _services.Add(mapping.Service);
        }
    }

    private static bool IsNumber(JsonElement value, long least, long greatest) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= greatest;
}
