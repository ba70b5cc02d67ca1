using System.Globalization;
using System.Text.RegularExpressions;

namespace Loxi.Nat.Tests.Tables;

/// <summary>What bpf/loxi_shared.h says: integer macros, enums with explicit values, structs of fixed-size integers.</summary>
internal sealed partial class SharedHeader
{
    public List<(string Name, long Value)> Constants { get; } = [];

    public List<(string Name, List<(string Name, long Value)> Members)> Enums { get; } = [];

    public List<SharedStruct> Structs { get; } = [];

    public static SharedHeader Parse(string text)
    {
        var header = new SharedHeader();
        text = Comment().Replace(text, "");
        foreach (Match match in Define().Matches(text))
        {
            header.Constants.Add((match.Groups["name"].Value, long.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        foreach (Match match in Enum().Matches(text))
        {
            var members = EnumMember().Matches(match.Groups["body"].Value)
                .Select(m => (m.Groups["name"].Value, long.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture)));
            header.Enums.Add((match.Groups["name"].Value, [.. members]));
        }

        foreach (Match match in Struct().Matches(text))
        {
            header.Structs.Add(SharedStruct.Parse(match.Groups["name"].Value, match.Groups["body"].Value));
        }

        return header;
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^#define LOXI_(?<name>\w+) (?<value>\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Define();

    [GeneratedRegex(@"enum loxi_(?<name>\w+) \{(?<body>[^}]*)\};")]
    private static partial Regex Enum();

    [GeneratedRegex(@"LOXI_(?<name>\w+) = (?<value>\d+),")]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"struct loxi_(?<name>\w+) \{(?<body>[^}]*)\};")]
    private static partial Regex Struct();
}
