using FluentAssertions;
using Loxi.Ha.Sync.Transport;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Ha.RootTests.Sync;

/// <summary>What a node keeps for sync, on a disk without room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Size = 16 * 1024;
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-sync").FullName;

    public FullDiskTests() => Shell.Run("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", _directory);

    public void Dispose()
    {
        Shell.Run("umount", _directory);
        Directory.Delete(_directory);
    }

    [Fact]
    public void TheCertificate_IsNotMade_NamesTheFile_AndIsMadeWhenThereIsRoom()
    {
        var filler = Fill();

        FluentActions.Invoking(() => SyncCertificate.LoadOrCreate(_directory)).Should().Throw<SyncCertificateException>()
            .WithMessage($"{_directory}/{SyncCertificate.FileName}: the certificate of this node cannot be read or written: *No space left on device*");
        Directory.GetFiles(_directory).Should().Equal([filler], "nothing half is left");

        File.Delete(filler);
        SyncCertificate.LoadOrCreate(_directory).Dispose();
    }

    [Fact]
    public void TheCertificateThatIsThere_IsUsed_AndTheNumberOfTheRunGrowsByTheClock()
    {
        using var before = SyncCertificate.LoadOrCreate(_directory);
        var first = SyncIncarnation.Next(_directory, TimeProvider.System, out _);
        Fill();

        using var after = SyncCertificate.LoadOrCreate(_directory);
        var second = SyncIncarnation.Next(_directory, TimeProvider.System, out var complaint);

        after.Pin.Should().Be(before.Pin);
        second.Should().BeGreaterThan(first);
        complaint.Should().Contain($"{_directory}/{SyncIncarnation.FileName}: the number of the run is not kept").And.Contain("No space left on device");
        File.ReadAllText(Path.Combine(_directory, SyncIncarnation.FileName)).Trim().Should().Be(first.ToString(System.Globalization.CultureInfo.InvariantCulture), "the old one is whole");
    }

    private string Fill()
    {
        var filler = Path.Combine(_directory, "filler");
        using var stream = new FileStream(filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                stream.Write(new byte[1024]);
            }
        }
        catch (IOException)
        {
            return filler;
        }
    }
}
