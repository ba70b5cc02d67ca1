using FluentAssertions;
using Loxi.Linux.Files;
using Xunit;

namespace Loxi.Linux.Tests.Files;

public sealed class DirectorySyncTests
{
    [Fact]
    public void ADirectory_IsFlushed() =>
        FluentActions.Invoking(() => DirectorySync.Flush(Path.GetTempPath())).Should().NotThrow();

    [Fact]
    public void AMissingDirectory_IsAnErrorThatNamesIt() =>
        FluentActions.Invoking(() => DirectorySync.Flush("/nonexistent/loxi")).Should().Throw<LinuxException>()
            .WithMessage("*open directory '/nonexistent/loxi'*").Which.ErrorNumber.Should().Be(Errno.ENOENT);
}
