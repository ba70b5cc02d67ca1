using System.Globalization;
using Loxi.Cli.Output;
using Spectre.Console;

namespace Loxi.Cli.Live;

/// <summary>Rates as a table: a line for each service, followed by its endpoints.</summary>
internal static class RateTable
{
    private const double Kilo = 1_000;
    private static readonly string[] Units = ["", "k", "M", "G", "T", "P"];

    public static Table Create(Screen screen, IEnumerable<Rates> rates)
    {
        var table = screen.Table("SERVICE", "ENDPOINT", "STATE", "CONN/S#", "PACKETS/S#", "BYTES/S#", "ACTIVE#", "REFUSED#");
        foreach (var row in rates)
        {
            Screen.AddRow(table, [row.Service, row.Endpoint, row.State, Text(row.Connections), Text(row.Packets), Text(row.Bytes), row.Active, row.Refused]);
        }

        return table;
    }

    /// <summary>Three significant digits at least and a unit of thousands: 0, 12.5, 999, 1.23k, 45.6M; null stays null.</summary>
    public static string? Text(double? rate)
    {
        if (rate is not { } value)
        {
            return null;
        }

        var unit = 0;
        while (value >= Kilo - 0.5 && unit < Units.Length - 1)
        {
            value /= Kilo;
            unit++;
        }

        var format = value >= 100 ? "0" : value >= 10 || unit == 0 ? "0.#" : "0.##";
        return value.ToString(format, CultureInfo.InvariantCulture) + Units[unit];
    }
}
