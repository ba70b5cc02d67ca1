using FluentAssertions;
using Loxi.Ha.Sync.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public sealed class SyncCertificateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-sync").FullName;

    private string File => Path.Combine(_directory, SyncCertificate.FileName);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void TheFirstStart_MakesACertificateThatOnlyItsOwnerReads()
    {
        using var first = SyncCertificate.LoadOrCreate(Path.Combine(_directory, "new"));
        using var second = SyncCertificate.LoadOrCreate(Path.Combine(_directory, "new"));

        first.Pin.Should().Be(second.Pin).And.NotBe(default(CertificatePin));
        second.Certificate.HasPrivateKey.Should().BeTrue();
        second.Certificate.GetKeyAlgorithmParametersString().Should().Be("06082A8648CE3D030107", "it is P-256");
        System.IO.File.GetUnixFileMode(Path.Combine(_directory, "new", SyncCertificate.FileName)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.Combine(_directory, "new")).Should().HaveCount(1, "nothing is left beside it");
    }

    [Fact]
    public void WhatIsLeftBesideIt_IsNotWrittenThrough()
    {
        var other = Path.Combine(_directory, "other");
        System.IO.File.WriteAllText(other, "mine");
        System.IO.File.CreateSymbolicLink(File + ".tmp", other);

        SyncCertificate.LoadOrCreate(_directory).Dispose();

        System.IO.File.ReadAllText(other).Should().Be("mine");
    }

    [Fact]
    public void AFileThatOthersRead_IsRefused()
    {
        SyncCertificate.LoadOrCreate(_directory).Dispose();
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        FluentActions.Invoking(() => SyncCertificate.LoadOrCreate(_directory)).Should().Throw<SyncCertificateException>()
            .WithMessage($"{File}: mode 640, expected access for its owner only (chmod 600)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void AFileWithoutACertificate_IsRefusedAndStays(string content)
    {
        System.IO.File.WriteAllText(File, content);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        FluentActions.Invoking(() => SyncCertificate.LoadOrCreate(_directory)).Should().Throw<SyncCertificateException>()
            .WithMessage($"{File}: expected a certificate and its private key in PEM*");
        System.IO.File.ReadAllText(File).Should().Be(content);
    }

    [Fact]
    public void ADirectoryThatCannotBe_IsNamed()
    {
        var file = Path.Combine(_directory, "file");
        System.IO.File.WriteAllText(file, "");

        FluentActions.Invoking(() => SyncCertificate.LoadOrCreate(file)).Should().Throw<SyncCertificateException>().WithMessage($"{file}/{SyncCertificate.FileName}: the certificate of this node cannot be read or written: *");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeef", false)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeffg", false)]
    [InlineData("g0112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff", false)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff", true)]
    public void APin_Is64HexadecimalDigits(string text, bool isPin)
    {
        CertificatePin.TryParse(text, out var pin).Should().Be(isPin);
        pin.ToString().Should().Be(isPin ? text.ToLowerInvariant() : "");
    }

    [Fact]
    public void TheNumberOfTheRun_GrowsWhenTheClockGoesBack()
    {
        var time = new Clock(DateTimeOffset.FromUnixTimeMilliseconds(5000));
        SyncIncarnation.Next(_directory, time, out var complaint).Should().Be(5000);
        complaint.Should().BeNull();
        time.Now = DateTimeOffset.FromUnixTimeMilliseconds(1000);
        SyncIncarnation.Next(_directory, time, out _).Should().Be(5001);
        time.Now = DateTimeOffset.FromUnixTimeMilliseconds(9000);
        SyncIncarnation.Next(_directory, time, out _).Should().Be(9000);
        SyncIncarnation.Next(null, time, out _).Should().Be(9000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("18446744073709551615")]
    [InlineData("1844674407370955161518446744073709551615")]
    public void ANumberOfTheRunThatCannotBeRead_IsNamedAndTheClockCounts(string content)
    {
        System.IO.File.WriteAllText(Path.Combine(_directory, SyncIncarnation.FileName), content);

        SyncIncarnation.Next(_directory, new Clock(DateTimeOffset.FromUnixTimeMilliseconds(5000)), out var complaint).Should().Be(5000);

        complaint.Should().Be($"{Path.Combine(_directory, SyncIncarnation.FileName)}: expected the number of the last run. The clock gives the next one");
        SyncIncarnation.Next(_directory, new Clock(DateTimeOffset.FromUnixTimeMilliseconds(1)), out complaint).Should().Be(5001);
        complaint.Should().BeNull();
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
