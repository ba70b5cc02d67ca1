using System.Runtime.InteropServices;

namespace Loxi.Lab;

/// <summary>The wish of the user or of the lab that the program ends.</summary>
internal static class Termination
{
    /// <summary>Waits for SIGTERM or SIGINT, which then do not end the process by themselves.</summary>
    internal static async Task WaitAsync()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        await end.Task;
    }
}
