using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Loxi.TestKit.Topology;

/// <summary>Removes the labs of this process when it is asked to end before they were disposed.</summary>
internal static class LabCleanup
{
    private static readonly ConcurrentDictionary<LabId, Lab> s_labs = new();
    private static readonly Lock s_gate = new();
    private static PosixSignalRegistration[]? s_signals;

    internal static void Add(Lab lab)
    {
        lock (s_gate)
        {
            if (s_signals is null)
            {
                AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
                s_signals =
                [
                    .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                        // Not cancelled: after the handlers the process ends as it would have without them.
                        .Select(signal => PosixSignalRegistration.Create(signal, _ => RemoveAll())),
                ];
            }
        }

        s_labs[lab.Id] = lab;
    }

    /// <summary>Whether a signal or the end of the process removes the labs.</summary>
    internal static bool IsEnding { get; private set; }

    internal static void Remove(Lab lab) => s_labs.TryRemove(lab.Id, out _);

    private static void RemoveAll()
    {
        IsEnding = true;
        foreach (var lab in s_labs.Values)
        {
            try
            {
                lab.RemoveNow();
            }
            catch (LabException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}
