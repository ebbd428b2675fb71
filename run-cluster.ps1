<#
.SYNOPSIS
Starts a cluster on this machine: processes, or containers with -Docker.

.DESCRIPTION
Only calls the program or compose; run-cluster.sh does the same.

.PARAMETER Workers
How many workers.

.PARAMETER Engine
The engine of the processes.

.PARAMETER Recipe
A shipped recipe's name or a file.

.PARAMETER Docker
Containers instead of processes: needs Docker with compose.

.PARAMETER Options
Goes on to the program, as it stands.

.EXAMPLE
./run-cluster.ps1 -Workers 4 -Recipe ann-128-32 -Options '--epochs', '5'
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 1024)]
    [int] $Workers = 3,

    [string] $Engine = 'tcp',

    [string] $Recipe = 'quickstart',

    [switch] $Docker,

    [string[]] $Options = @()
)

$ErrorActionPreference = 'Stop'

if (-not $Docker) {
    $arguments = @('train', $Recipe, '--engine', $Engine, '--workers', "$Workers") + $Options
    if (Get-Command disttrain -ErrorAction SilentlyContinue) {
        & disttrain @arguments
    }
    else {
        $project = Join-Path $PSScriptRoot 'src/DistTrain.Cli'
        & dotnet run -c Release --project $project '--' @arguments
    }
    exit $LASTEXITCODE
}

if ($Engine -ne 'tcp') {
    [Console]::Error.WriteLine("error: -Engine ${Engine}: containers run the engine tcp")
    exit 2
}
$file = Join-Path $PSScriptRoot 'docker/compose.yml'
$env:DISTTRAIN_RECIPE = $Recipe
$env:DISTTRAIN_OPTIONS = "--min-workers $Workers $Options"
if (-not $env:DISTTRAIN_RUN) {
    $env:DISTTRAIN_RUN = (Get-Date -Format 'yyyyMMdd-HHmmss') + "-$Recipe"
}

$code = 1
try {
    & docker compose -f $file up -d --scale "worker=$Workers"
    if ($LASTEXITCODE -eq 0) {
        $head = & docker compose -f $file ps -q head
        & docker logs --follow $head
        $code = [int] (& docker wait $head)
    }
}
finally {
    # Ctrl-C: the head finishes its step and saves; the volumes stay.
    & docker compose -f $file down
}
exit $code
