using System.Globalization;

namespace Loxi.Benchmarks.Bfd;

/// <summary>
/// How often sessions go down that should not: Loxi against BIRD beside BIRD against BIRD, at the same time, so that a stop of the machine hits both; hundreds
/// of sessions in turn, because three BIRDs with as many leave two CPUs no time.
/// </summary>
internal sealed partial class BfdBench
{
    private const int MostBesideEachOther = 100;
    private static readonly BfdSetting[] _flaps = [new(1, 10), new(10, 10), new(100, 10), new(500, 50)];

    private string FlapsRow => string.Create(CultureInfo.InvariantCulture, $"flaps in {options.Seconds} s, compared");

    private async Task MeasureFlapsAsync(BfdSetting setting)
    {
        if (setting.Sessions <= MostBesideEachOther)
        {
            await MeasureFlapsAsync(setting, "loxi", "bird");
        }
        else
        {
            await MeasureFlapsAsync(setting, "loxi");
            await MeasureFlapsAsync(setting, "bird");
        }
    }

    private async Task MeasureFlapsAsync(BfdSetting setting, params string[] names)
    {
        List<RunningPair> pairs = [];
        try
        {
            foreach (var name in names)
            {
                pairs.Add(await RunningPair.StartAsync(name, setting));
            }

            var downs = await WatchAsync(pairs);
            for (var i = 0; i < pairs.Count; i++)
            {
                report.Add(Label(pairs[i].Name, FlapsRow, setting), "", downs[i]);
            }
        }
        finally
        {
            foreach (var pair in pairs)
            {
                await pair.DisposeAsync();
            }
        }
    }

    /// <summary>bgp-bfd.md section 2: at most as many as BIRD in the same rounds.</summary>
    private void JudgeFlaps(BfdSetting setting)
        => Bound($"loxi: flaps in all rounds beyond bird's, {setting}", "", Flaps("loxi", setting) - Flaps("bird", setting), 0);

    private double Flaps(string name, BfdSetting setting) => report.Samples(Label(name, FlapsRow, setting)).Sum();
}
