using System.Globalization;
using System.Text;

namespace Loxi.Sim.Checking;

/// <summary>Shows a run of a <see cref="Model"/>.</summary>
internal static class Picture
{
    /// <summary>A line for each round in which something changes.</summary>
    /// <param name="start">Makes the first state.</param>
    /// <param name="trace">The choices.</param>
    /// <param name="clip">That of the <see cref="Checker"/> that found them; terms are ranks then.</param>
    public static string Of(Func<Model> start, List<int> trace, int clip = int.MaxValue)
    {
        var model = start();
        var text = new StringBuilder();
        var before = "";
        var last = trace.FindLastIndex(static c => c != Model.Nothing);
        for (var i = 0; i < trace.Count; i++)
        {
            if (clip < int.MaxValue)
            {
                model.Normalise(clip);
                model.Stretch(clip, trace[i] >> 16);
            }

            var choice = trace[i] & 0xffff;
            var name = model.Name(choice, model);
            model.Apply(choice);
            model.Step();
            var line = model.Describe();
            if (i <= last || line != before)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{i + 1,3}  {name,-12}  {line}");
            }

            before = line;
        }

        return text.ToString();
    }
}
