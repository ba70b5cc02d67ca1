using System.Globalization;
using System.Text.RegularExpressions;

namespace Loxi.Nat.Tests.Tables;

/// <summary>A struct of the shared header with the offsets that the C ABI gives its fields.</summary>
internal sealed partial record SharedStruct(string Name, List<SharedField> Fields, int Size)
{
    public static SharedStruct Parse(string name, string body)
    {
        var fields = new List<SharedField>();
        var offset = 0;
        var alignment = 1;
        foreach (var line in body.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var match = Field().Match(line);
            if (!match.Success)
            {
                throw new FormatException($"struct loxi_{name}: '{line}' is not a field of __u8, __u16, __u32 or __u64.");
            }

            var size = int.Parse(match.Groups["bits"].Value, CultureInfo.InvariantCulture) / 8;
            var count = match.Groups["count"].Success ? int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : 1;
            offset = (offset + size - 1) / size * size;
            alignment = Math.Max(alignment, size);
            fields.Add(new SharedField(match.Groups["name"].Value, offset, size, count));
            offset += size * count;
        }

        return new SharedStruct(name, fields, (offset + alignment - 1) / alignment * alignment);
    }

    [GeneratedRegex(@"^__u(?<bits>8|16|32|64) (?<name>\w+)(\[(?<count>\d+)\])?$")]
    private static partial Regex Field();
}

/// <summary>A field: a number of <paramref name="Size"/> bytes, or <paramref name="Count"/> of them.</summary>
internal sealed record SharedField(string Name, int Offset, int Size, int Count);
