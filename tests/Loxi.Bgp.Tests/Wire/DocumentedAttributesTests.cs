using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>The table of recognised attributes in docs/bgp.md is the one that the code has.</summary>
public sealed class DocumentedAttributesTests
{
    [Fact]
    public void EveryRecognisedAttribute_IsInTheTableWithItsFlags()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "bgp.md"));
        var rows = Regex.Matches(page, @"^\| (\d+) \| [^|]+ \| (well-known|optional transitive|optional) \|", RegexOptions.Multiline)
            .Select(m => (Type: (AttributeType)byte.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), Flags: m.Groups[2].Value)).ToArray();
        rows.Select(r => r.Type).Should().Equal(Enum.GetValues<AttributeType>());
        foreach (var (type, flags) in rows)
        {
            AttributeFlags.Of(type).Should().Be(flags switch
            {
                "well-known" => AttributeFlags.Transitive,
                "optional" => AttributeFlags.Optional,
                _ => AttributeFlags.OptionalTransitive,
            }, $"{type}");
        }
    }
}
