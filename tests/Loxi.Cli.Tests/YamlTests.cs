using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using Loxi.Cli.Output;
using Xunit;

namespace Loxi.Cli.Tests;

public sealed class YamlTests
{
    [Theory]
    [InlineData("""{"a":"x","b":1,"c":1.50,"d":true,"e":null}""", "a: x\nb: 1\nc: 1.50\nd: true\ne: null\n")]
    [InlineData("""{"a":[],"b":{},"c":[1,[2,3],{"d":4,"e":[5]}]}""", "a: []\nb: {}\nc:\n  - 1\n  - - 2\n    - 3\n  - d: 4\n    e:\n      - 5\n")]
    [InlineData("[]", "[]\n")]
    [InlineData("""[{"a":1},{"a":2}]""", "- a: 1\n- a: 2\n")]
    public void Structure_IsBlocks(string json, string expected) => Yaml(json).Should().Be(expected);

    [Theory]
    [InlineData("plain-text/1.0", "plain-text/1.0")]
    [InlineData("", "\"\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("Null", "\"Null\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData("- a", "\"- a\"")]
    [InlineData("say \"x\\\"", "\"say \\\"x\\\\\\\"\"")]
    [InlineData("a\nb\u001b", "\"a\\U0000000ab\\U0000001b\"")]
    [InlineData("\u00e4\ud83d\ude00", "\"\u00e4\ud83d\ude00\"")]
    public void Text_IsQuotedWhereItCouldBeSomethingElse(string text, string expected) =>
        Yaml(JsonSerializer.Serialize(text)).Should().Be(expected + "\n");

    private static string Yaml(string json)
    {
        using var document = JsonDocument.Parse(json);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        YamlWriter.Write(output, document.RootElement);
        return output.ToString();
    }
}
