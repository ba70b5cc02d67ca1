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
    private readonly List<int> _places = [];
    private readonly Dictionary<ServiceKey, int> _positions = [];
    private readonly Dictionary<string, SourcePool> _pools = [];
    private bool _hasServices;

    private StateDocument()
    {
    }

    /// <summary>The services and the pools of the document; empty when there are problems.</summary>
    public DesiredState State { get; private set; } = DesiredState.Empty;

    /// <summary>The version of the format; null when it does not say.</summary>
    public int? Version { get; private set; }

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
            document.CheckTogether();
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
            var isServices = name.Equals("lbAttr", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartArray;
            var isPools = name.Equals("pools", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartArray;
            var isList = isServices || isPools;
            if (isList && seen.Add(name))
            {
                _hasServices |= isServices;
                ReadList(ref reader, name, isServices ? ServiceLimits.Services : ServiceLimits.SourcePools, isServices ? ReadService : ReadPool);
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
            if (IsNumber(value, 1, ServiceStateFile.FormatVersion))
            {
                Version = value.GetInt32();
            }
            else if (value.ValueKind != JsonValueKind.Null)
            {
                Problems.Add(Problem.Of("version", value.GetRawText(), $"1 to {ServiceStateFile.FormatVersion}, the versions that this program reads"));
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
        else if (name.Equals("pools", StringComparison.OrdinalIgnoreCase))
        {
            Problems.Add(Problem.Of("pools", value.GetRawText(), "a list of source pools"));
        }
        else
        {
            Problems.Add(Problem.Of(Problem.Of("", name, "").Value, value.GetRawText(), "one of the members journal, lbAttr, pools, version"));
        }
    }

    private void ReadList(ref Utf8JsonReader reader, string name, int most, Action<JsonElement, int> read)
    {
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            using var value = JsonDocument.ParseValue(ref reader);
            if (index == most)
            {
                Problems.Add(Problem.Of(name, $"more than {index}", $"at most {most}"));
            }
            else if (index < most)
            {
                read(value.RootElement, index);
            }

            index++;
        }
    }

    private void ReadService(JsonElement value, int index)
    {
        if (!HasShape(StateShape.Service, value, () => $"lbAttr[{index}]"))
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
            _places.Add(index);
        }
    }

    private void ReadPool(JsonElement value, int index)
    {
        if (!HasShape(StateShape.Pool, value, () => $"pools[{index}]"))
        {
            return;
        }

        var mapping = PoolMapper.ToPool(value.Deserialize(LoxiJson.Pool)!);
        if (!mapping.IsValid)
        {
            Problems.AddRange(mapping.Problems.Select(problem => problem.Within($"pools[{index}].")));
        }
        else if (!_pools.TryAdd(mapping.Pool.Name, mapping.Pool))
        {
            Problems.Add(Problem.Of($"pools[{index}]", mapping.Pool.Name, "another name than those before"));
        }
    }

    private bool HasShape(StateShape shape, JsonElement value, Func<string> path)
    {
        var before = Problems.Count;
        shape.Check(value, path, Problems);
        if (value.ValueKind == JsonValueKind.Null)
        {
            Problems.Add(Problem.Of(path(), "null", "an object"));
        }

        return Problems.Count == before;
    }

    /// <summary>What each by itself cannot tell: ranges that overlap, addresses of two groups, services without their pool.</summary>
    private void CheckTogether()
    {
        if (Problems.Count != 0)
        {
            return;
        }

        State = new DesiredState(ServiceModel.Create(_services), SourcePools.Create(_pools.Values));
        Problems.AddRange(ServiceValidator.ValidateRanges(State.Services));
        Problems.AddRange(SourcePoolValidator.Validate(State.Pools));
        for (var i = 0; i < _services.Count; i++)
        {
            var index = _places[i];
            Problems.AddRange(SourcePoolValidator.Validate(_services[i], State.Pools).Select(problem => problem.Within($"lbAttr[{index}].")));
        }
    }

    private static bool IsNumber(JsonElement value, long least, long greatest) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= greatest;
}
