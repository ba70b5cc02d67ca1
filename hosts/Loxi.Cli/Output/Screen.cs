using System.Globalization;
using Spectre.Console;

namespace Loxi.Cli.Output;

/// <summary>Tables: framed and in colour on a terminal; bare columns, never wrapped, anywhere else.</summary>
internal sealed class Screen
{
    private const int Unlimited = 1_000_000;
    private readonly CliEnvironment _environment;

    public Screen(CliEnvironment environment)
    {
        _environment = environment;
        Console = CreateConsole(environment.Output, environment.IsTerminal, environment.Width);
    }

    /// <summary>The console, for live views.</summary>
    public IAnsiConsole Console { get; }

    public bool IsTerminal => _environment.IsTerminal;

    /// <summary>A table with these columns.</summary>
    public Table Table(params IEnumerable<string> headings)
    {
        var table = new Table { Border = IsTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var heading in headings)
        {
            // Numbers line up at the right.
            var isNumber = heading.EndsWith('#');
            table.AddColumn(new TableColumn(new Text(heading.TrimEnd('#'), new Style(decoration: Decoration.Bold))) { Alignment = isNumber ? Justify.Right : Justify.Left });
        }

        return IsTerminal ? table : Unframed(table);
    }

    public static void AddRow(Table table, params IEnumerable<object?> cells) => table.AddRow(cells.Select(Cell));

    public void Write(Table table)
    {
        var lines = Lines(table, isTerminal: false);
        if (!IsTerminal)
        {
            foreach (var line in lines)
            {
                _environment.Output.WriteLine(line.TrimEnd());
            }
        }
        else if (lines[0].Length <= _environment.Width)
        {
            Console.Write(table);
        }
        else
        {
            // Cells broken over several lines cannot be read; whole rows that the terminal breaks can.
            foreach (var line in Lines(Unframed(table), isTerminal: true))
            {
                _environment.Output.WriteLine(line);
            }
        }
    }

    public void WriteLine(string text) => _environment.Output.WriteLine(SafeText.Of(text));

    /// <summary>Names and values, one pair a line.</summary>
    public void WriteValues(params IEnumerable<(string Name, object? Value)> values)
    {
        var pairs = values.Select(static pair => (pair.Name, Value: TextOf(pair.Value))).ToList();
        var width = pairs.Max(static pair => pair.Name.Length) + 2;
        foreach (var (name, value) in pairs)
        {
            WriteLine((name + ":").PadRight(width) + value);
        }
    }

    /// <summary>Empties a terminal, or separates two tables with an empty line.</summary>
    public void StartOver()
    {
        if (IsTerminal)
        {
            Console.Clear();
        }
        else
        {
            _environment.Output.WriteLine();
        }
    }

    private static Table Unframed(Table table)
    {
        table.Border = TableBorder.None;
        foreach (var column in table.Columns)
        {
            column.NoWrap = true;
            column.Padding = new Padding(0, 0, 2, 0);
        }

        return table;
    }

    private string[] Lines(Table table, bool isTerminal)
    {
        using var buffer = new StringWriter(CultureInfo.InvariantCulture);
        CreateConsole(buffer, isTerminal, Unlimited).Write(table);
        return buffer.ToString().TrimEnd('\n').Split('\n');
    }

    private IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && _environment.UsesColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        return console;
    }

    private static Text Cell(object? value)
    {
        var text = TextOf(value);
        return text switch
        {
            "active" or "ok" or "forward" or "up" => new Text(text, new Style(Color.Green)),
            "inactive" or "nok" or "drop" or "down" => new Text(text, new Style(Color.Red)),
            _ => new Text(text),
        };
    }

    private static string TextOf(object? value) => value switch
    {
        null or "" => "-",
        string text => SafeText.Of(text),
        bool flag => flag ? "yes" : "no",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => SafeText.Of(value.ToString()),
    };
}
