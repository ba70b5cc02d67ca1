using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.RootTests.Support;

internal static class SpeakerExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static Task SetAsync(this RoleSpeaker speaker, RoleSpeakerSettings settings) => speaker.ApplyAsync(settings, TestContext.Current.CancellationToken);

    /// <summary>Applies settings, and says that the node can serve.</summary>
    public static async Task ReadyAsync(this RoleSpeaker speaker, RoleSpeakerSettings settings)
    {
        await speaker.SetAsync(settings);
        foreach (var group in settings.Groups)
        {
            await speaker.SetReadinessAsync(group.Name, Readiness.Ready);
        }
    }

    public static async Task<RoleGroupStatus> GroupAsync(this RoleSpeaker speaker, string group = HaLab.Group) => (await speaker.ReadStatusAsync()).Groups.Single(g => g.Name == group);

    /// <summary>Looks at the speaker until it is as wanted: not everything is told as an event.</summary>
    public static async Task<RoleSpeakerStatus> WaitUntilAsync(this RoleSpeaker speaker, Func<RoleSpeakerStatus, bool> wanted, string what)
    {
        using var timer = new PeriodicTimer(Pause);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var status = await speaker.ReadStatusAsync();
            if (wanted(status))
            {
                return status;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"Not in time as wanted: {what}. It is {status}; groups {string.Join("; ", status.Groups)}; peers {string.Join("; ", status.Peers)}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until a number of HELLOs more were heard on each path.</summary>
    public static async Task HearMoreAsync(this RoleSpeaker speaker, int hellos)
    {
        var before = (await speaker.ReadStatusAsync()).Peers.SelectMany(static p => p.Paths).ToDictionary(static p => p.Path, static p => p.Received);
        await speaker.WaitUntilAsync(
            status => status.Peers.SelectMany(static p => p.Paths).All(p => p.Received >= before.GetValueOrDefault(p.Path) + hellos), $"{hellos} HELLOs more on each path");
    }
}
