using System.Globalization;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Processes;

/// <summary>
/// The wall clock of one process, set and let run fast or slow as it runs (libfaketime); its monotonic clock goes on. The stamps that the kernel puts on datagrams stay
/// those of the machine: to the process they do not fit its clock for as long as that is set wrong, which is more than a real step does.
/// </summary>
public sealed class FakeWallClock
{
    private const string Pattern = "faketime/libfaketimeMT.so.1";
    private readonly string _file;
    private readonly string _library = Library;
    private readonly string _directory;
    private DateTimeOffset _start;

    /// <param name="lab">Its files are in the directory of the lab.</param>
    /// <param name="name">Of the process.</param>
    public FakeWallClock(Lab lab, string name)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _directory = Path.Combine(lab.StateDirectory, $"{name}.clock");
        _file = Path.Combine(_directory, "time");
        Directory.CreateDirectory(_directory);
        // A .NET program looks clock_gettime up in "libc" by name, which no preload changes: by that name it finds this library, and through it the rest of libc.
        File.CreateSymbolicLink(Path.Combine(_directory, "libc.so"), _library);
        Write("+0");
    }

    /// <summary>The variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = _library,
        ["LD_LIBRARY_PATH"] = _directory,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_DISABLE_SHM"] = "1",
    };

    /// <summary>The library of Debian's package.</summary>
    /// <exception cref="LabException">It is not installed.</exception>
    private static string Library => Directory.GetDirectories("/usr/lib").Select(static one => Path.Combine(one, Pattern)).FirstOrDefault(File.Exists)
        ?? throw new LabException($"'/usr/lib/*/{Pattern}' was not found (package libfaketime)");

    /// <summary>To be called when the process was started: rates are counted from there.</summary>
    public void Started() => _start = DateTimeOffset.UtcNow;

    /// <summary>Sets the clock this far from that of the machine.</summary>
    public void Step(TimeSpan offset) => Write(string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0.000;-0.000}"));

    /// <summary>Lets it run at a rate from now on, beginning at the time of the machine but for the time that the process took to start.</summary>
    public void Slew(double rate)
    {
        // The library counts from the start of the process: start + offset + (now - start) * rate.
        var offset = (DateTimeOffset.UtcNow - _start).TotalSeconds * (1 - rate);
        Write(string.Create(CultureInfo.InvariantCulture, $"{offset:+0.000;-0.000} x{rate:0.0##}"));
    }

    // Replaced as a whole: a process reads it at any moment.
    private void Write(string time)
    {
        File.WriteAllText(_file + ".new", time + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
